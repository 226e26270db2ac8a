namespace Semblance;

/// <summary>Represents a question and a text with the answers that were found in it.</summary>
/// <param name="Question">The question.</param>
/// <param name="Context">The text.</param>
/// <param name="Answers">The answers, by descending score.</param>
/// <param name="TokenCount">The number of tokens that the model encoded, in all windows and with special tokens.</param>
/// <param name="WindowCount">The number of windows that the text was divided into; 1 if it was not too long.</param>
public sealed record AnsweredContext(string Question, string Context, IReadOnlyList<Answer> Answers, int TokenCount, int WindowCount);
