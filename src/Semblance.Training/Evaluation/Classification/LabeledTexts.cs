namespace Semblance.Training;

/// <summary>Represents single texts or pairs of texts with their labels.</summary>
public sealed class LabeledTexts
{
    /// <summary>Initializes a new instance of the <see cref="LabeledTexts"/> class with single texts.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="labels">The label of each text, from 0.</param>
    /// <exception cref="ArgumentException">The lists differ in length, or a label is negative.</exception>
    /// <exception cref="EvaluationDataException">The lists are empty.</exception>
    public LabeledTexts(IReadOnlyList<string> texts, IReadOnlyList<int> labels)
        : this([texts], labels)
    {
    }

    /// <summary>Initializes a new instance of the <see cref="LabeledTexts"/> class with pairs of texts.</summary>
    /// <inheritdoc cref="LabeledTexts(IReadOnlyList{string}, IReadOnlyList{int})"/>
    /// <param name="sentences1">The first text of each pair.</param>
    /// <param name="sentences2">The second text of each pair.</param>
    /// <param name="labels">The label of each pair, from 0.</param>
    public LabeledTexts(IReadOnlyList<string> sentences1, IReadOnlyList<string> sentences2, IReadOnlyList<int> labels)
        : this([sentences1, sentences2], labels)
    {
    }

    private LabeledTexts(IReadOnlyList<string>[] columns, IReadOnlyList<int> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        foreach (var column in columns)
        {
            ArgumentNullException.ThrowIfNull(column, nameof(columns));
            if (column.Count == 0 && labels.Count == 0)
            {
                throw new EvaluationDataException("There are no rows; at least one is needed.", nameof(labels));
            }

            if (column.Count != labels.Count)
            {
                throw new ArgumentException(
                    $"There are {column.Count} texts, but {labels.Count} labels; each row needs one label.", nameof(labels));
            }
        }

        Columns = columns;
        LabelArray = [.. labels];
        if (LabelArray.Min() is < 0 and var negative)
        {
            throw new ArgumentException($"The label {negative} is negative; labels start at 0.", nameof(labels));
        }
    }

    /// <summary>Gets one list of single texts, or two lists for pairs.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Columns { get; }

    /// <summary>Gets the label of each row, from 0.</summary>
    public IReadOnlyList<int> Labels => LabelArray;

    internal int[] LabelArray { get; }

    /// <summary>Splits the rows before an index.</summary>
    internal (LabeledTexts Before, LabeledTexts After) SplitAt(int row) => (
        new LabeledTexts([.. Columns.Select(column => column.Take(row).ToArray())], LabelArray[..row]),
        new LabeledTexts([.. Columns.Select(column => column.Skip(row).ToArray())], LabelArray[row..]));
}
