namespace Semblance.Server.Tasks;

/// <summary>Represents an answer.</summary>
/// <param name="Answer">The answer; empty if there is none.</param>
/// <param name="Score">The probability.</param>
/// <param name="Start">The position of the first character in the text.</param>
/// <param name="End">The position after the last character.</param>
/// <param name="Index">The zero-based index of the text; absent for a document of a collection.</param>
/// <param name="Id">The id of the document; absent for a text of the request.</param>
/// <param name="Text">The document, or its best passage; absent for a text of the request.</param>
internal sealed record AnswerItem(string Answer, float Score, int Start, int End, int? Index, VectorId? Id, string? Text);
