namespace Semblance.Training;

/// <summary>Represents a question about a text with its answers in the text.</summary>
/// <param name="Id">The id of the question.</param>
/// <param name="Question">The question.</param>
/// <param name="Context">The text.</param>
/// <param name="Answers">The answers, each of which is right; empty if the text has none.</param>
public sealed record AnsweredQuestion(string Id, string Question, string Context, IReadOnlyList<LabeledSpan> Answers)
{
    /// <summary>Gets the texts of the answers; an empty text if there is none.</summary>
    public IReadOnlyList<string> AnswerTexts =>
        Answers.Count == 0 ? [""] : [.. Answers.Select(answer => Context.Substring(answer.Start, answer.Length)).Distinct()];

    /// <summary>
    /// Returns rows for training: the question with each window of the text, and the first answer where the window contains it.
    /// </summary>
    /// <param name="windowLength">The maximum number of characters of a window; a window begins and ends between words.</param>
    /// <param name="overlap">The number of characters that two windows share, about, less than half of a window.</param>
    public IEnumerable<Example> ToExamples(int windowLength = int.MaxValue, int overlap = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(windowLength, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(overlap);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(overlap, windowLength / 2);
        for (var start = 0; ;)
        {
            var end = Context.Length - start <= windowLength ? Context.Length : WordStart(start + windowLength, start + (windowLength / 2));
            LabeledSpan[] inside =
            [
                .. Answers.Take(1).Where(answer => answer.Start >= start && answer.End <= end)
                    .Select(answer => answer with { Start = answer.Start - start }),
            ];
            yield return new Example([Question, Context[start..end]]) { Spans = inside };
            if (end == Context.Length)
            {
                yield break;
            }

            start = WordStart(end - overlap, start + 1);
        }
    }

    // The last start of a word up to a position, after a least one.
    private int WordStart(int position, int least)
    {
        for (var i = position; i > least; i--)
        {
            if (char.IsWhiteSpace(Context[i - 1]))
            {
                return i;
            }
        }

        return char.IsLowSurrogate(Context[position]) ? position - 1 : position;
    }
}
