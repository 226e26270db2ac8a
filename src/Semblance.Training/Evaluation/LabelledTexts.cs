namespace Semblance.Training;

/// <summary>Texts, or pairs of texts, and the class of each.</summary>
public sealed class LabelledTexts
{
    /// <summary>Takes single texts.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="labels">The class of each, from 0.</param>
    /// <exception cref="ArgumentException">The lists differ in length, or a label is negative.</exception>
    /// <exception cref="EvaluationDataException">The lists are empty.</exception>
    public LabelledTexts(IReadOnlyList<string> texts, IReadOnlyList<int> labels)
        : this([texts], labels)
    {
    }

    /// <summary>Takes pairs of texts.</summary>
    /// <inheritdoc cref="LabelledTexts(IReadOnlyList{string}, IReadOnlyList{int})"/>
    /// <param name="sentences1">One text of each pair.</param>
    /// <param name="sentences2">The other.</param>
    /// <param name="labels">The class of each pair, from 0.</param>
    public LabelledTexts(IReadOnlyList<string> sentences1, IReadOnlyList<string> sentences2, IReadOnlyList<int> labels)
        : this([sentences1, sentences2], labels)
    {
    }

    private LabelledTexts(IReadOnlyList<string>[] columns, IReadOnlyList<int> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        foreach (var column in columns)
        {
            ArgumentNullException.ThrowIfNull(column, nameof(columns));
            if (column.Count == 0 && labels.Count == 0)
            {
                throw new EvaluationDataException("There is nothing to evaluate on: there are no rows, and at least one is needed.", nameof(labels));
            }

            if (column.Count != labels.Count)
            {
                throw new ArgumentException($"Each row needs a label; there are {column.Count} texts and {labels.Count} labels.", nameof(labels));
            }
        }

        Columns = columns;
        LabelArray = [.. labels];
        if (LabelArray.Min() is < 0 and var negative)
        {
            throw new ArgumentException($"There is a label {negative}; classes count from 0.", nameof(labels));
        }
    }

    /// <summary>One list of single texts, or the two of pairs.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Columns { get; }

    /// <summary>The class of each row, from 0.</summary>
    public IReadOnlyList<int> Labels => LabelArray;

    internal int[] LabelArray { get; }

    /// <summary>The rows before one, and those from there on.</summary>
    internal (LabelledTexts Before, LabelledTexts After) SplitAt(int row) => (
        new LabelledTexts([.. Columns.Select(column => column.Take(row).ToArray())], LabelArray[..row]),
        new LabelledTexts([.. Columns.Select(column => column.Skip(row).ToArray())], LabelArray[row..]));
}
