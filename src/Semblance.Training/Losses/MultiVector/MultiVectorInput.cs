namespace Semblance.Training;

/// <summary>Represents the input of a multi-vector loss: one batch of token embeddings.</summary>
/// <param name="Embeddings">
/// The token embeddings of each text column, made by the computation that is passed to the loss. Text i of every column belongs to the same
/// example.
/// </param>
public sealed record MultiVectorInput(IReadOnlyList<ModelOutput> Embeddings)
{
    /// <summary>Gets the labels: <c>[batch]</c> or <c>[batch × values]</c>; <see langword="null"/> if rows have none.</summary>
    public Tensors.Tensor? Labels { get; init; }

    /// <summary>
    /// Gets the text numbers: for each text column, one number per row, equal for equal texts across all columns. Ranking losses use them
    /// to skip negatives that equal the positive; <see langword="null"/> keeps such negatives.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<int>>? TextNumbers { get; init; }

    /// <summary>Gets the number of rows.</summary>
    public int Rows => Embeddings[0].Count;

    /// <summary>Checks the number of columns, and that they have the same number of rows.</summary>
    /// <param name="loss">The loss, named in the message.</param>
    /// <param name="least">The minimum number of columns.</param>
    /// <exception cref="LossInputException">The number of columns or of rows is not the expected one.</exception>
    public void RequireColumns(Objective loss, int least)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (Embeddings.Count < least)
        {
            throw new LossInputException($"{loss.Name} takes at least {least} text columns, not {Embeddings.Count}.");
        }

        if (Embeddings.FirstOrDefault(column => column.Offsets is null || column.Value.Rows == 0 || column.Count != Rows
            || column.Value.Columns != Embeddings[0].Value.Columns) is { } other)
        {
            throw new LossInputException(
                $"{loss.Name} needs the token vectors of {Rows} texts in each column, equally long; one has {other.Value} "
                + $"of {other.Count} texts.");
        }
    }

    /// <summary>Returns the labels as <c>[batch × count]</c>.</summary>
    /// <param name="loss">The loss, named in the message.</param>
    /// <param name="count">The number of labels of each row; 0 for any number.</param>
    /// <exception cref="LossInputException">The labels are missing, not finite, or not of the expected number.</exception>
    public Tensors.Tensor RequireLabels(Objective loss, int count = 1)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return LossInput.Checked(loss, Labels, Rows, count);
    }
}
