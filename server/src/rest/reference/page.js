// Nothing is asked of anyone but the daemon that serves this page.
Scalar.createApiReference("#reference", {
  url: "/openapi.json",
  withDefaultFonts: false,
  hideClientButton: true,
  telemetry: false,
  showDeveloperTools: "never",
  mcp: { disabled: true },
  agent: { disabled: true },
  defaultOpenAllTags: false,
  authentication: { preferredSecurityScheme: "token" },
});
