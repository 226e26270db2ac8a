namespace Semblance.Training;

/// <summary>Represents what a loss of token vectors is computed from: one batch.</summary>
/// <param name="Embeddings">For each text column the vectors of its texts' tokens, made by the computation that the loss is asked for. Text i of every column belongs together.</param>
public sealed record MultiVectorInput(IReadOnlyList<ModelOutput> Embeddings)
{
    /// <summary>Gets the labels: <c>[batch]</c> or <c>[batch × values]</c>; null where rows have none.</summary>
    public Tensors.Tensor? Labels { get; init; }

    /// <summary>
    /// Gets for each text column a number for each row that is the same for equal texts, over all columns. With it, ranking losses leave out
    /// negatives that are the positive itself; null keeps them.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<int>>? TextNumbers { get; init; }

    /// <summary>Gets the number of rows.</summary>
    public int Rows => Embeddings[0].Count;

    /// <summary>Checks the number of columns and that they have equally many rows.</summary>
    /// <param name="loss">The loss, for the message.</param>
    /// <param name="least">The minimum number of columns.</param>
    /// <exception cref="LossInputException">The batch does not fit.</exception>
    public void RequireColumns(Objective loss, int least)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (Embeddings.Count < least)
        {
            throw new LossInputException($"{loss.Name} takes at least {least} text columns, not {Embeddings.Count}.");
        }

        if (Embeddings.FirstOrDefault(column => column.Offsets is null || column.Value.Rows == 0 || column.Count != Rows || column.Value.Columns != Embeddings[0].Value.Columns) is { } other)
        {
            throw new LossInputException($"{loss.Name} needs the token vectors of {Rows} texts in each column, equally long; one has {other.Value} of {other.Count} texts.");
        }
    }
}
