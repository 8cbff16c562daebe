# Made by sdk/generate of skerry/_async: change that.
"""The face with asyncio."""
