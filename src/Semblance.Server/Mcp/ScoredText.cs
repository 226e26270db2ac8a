namespace Semblance.Server.Mcp;

/// <summary>Represents a text with its score.</summary>
/// <param name="Index">The index of the text.</param>
/// <param name="Score">The score; higher is better.</param>
/// <param name="Text">The text.</param>
internal sealed record ScoredText(int Index, float Score, string Text);
