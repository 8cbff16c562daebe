"""The face with asyncio."""
