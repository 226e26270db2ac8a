namespace Semblance.Server.Reranking;

/// <summary>Represents a text to rank: in JSON a string, or an object with the member <c>text</c>.</summary>
/// <param name="Text">The text.</param>
[JsonConverter(typeof(DocumentTextConverter))]
internal sealed record DocumentText(string Text);
