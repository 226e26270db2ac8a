namespace Semblance.Server.Reranking;

/// <summary>Represents texts of a request: in JSON a string, or an array of strings.</summary>
/// <param name="Texts">The texts.</param>
[JsonConverter(typeof(TextOrTextsConverter))]
internal sealed record TextOrTexts(IReadOnlyList<string> Texts);
