using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the input of a loss: one batch of sentence embeddings.</summary>
/// <param name="Embeddings">
/// The sentence embeddings of each text column, <c>[batch × dimension]</c>, made by the computation that is passed to the loss. Row i of
/// every column belongs to the same example.
/// </param>
/// <param name="Labels">
/// The labels: <c>[batch]</c>, or <c>[batch × values]</c> for losses with several values per row; <see langword="null"/> for losses without
/// labels. A class is its index, from 0.
/// </param>
public sealed record LossInput(IReadOnlyList<Tensor> Embeddings, Tensor? Labels = null)
{
    /// <summary>
    /// Gets the embeddings of the same texts from a guide model, if the loss needs them; otherwise, <see langword="null"/>.
    /// </summary>
    public IReadOnlyList<Tensor>? GuideEmbeddings { get; init; }

    /// <summary>
    /// Gets the text numbers: for each text column, one number per row, equal for equal texts across all columns. Ranking losses use them
    /// to skip negatives that equal the positive; <see langword="null"/> keeps such negatives.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<int>>? TextNumbers { get; init; }

    /// <summary>
    /// Gets the part of the training that lies before the batch, from 0 to 1, for losses whose weights change; 1 by default.
    /// </summary>
    public double Progress { get; init; } = 1;

    /// <summary>Gets the number of rows.</summary>
    public int Rows => Embeddings[0].Rows;

    /// <summary>Returns the input of a loss for a batch, with the batch's labels, text numbers and guide embeddings.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="embeddings">The sentence embeddings of each text column, <c>[batch × dimension]</c>.</param>
    public static LossInput Of(TrainingBatch batch, IReadOnlyList<Tensor> embeddings)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return new(embeddings, batch.Labels)
        {
            TextNumbers = batch.TextNumbers(),
            GuideEmbeddings = batch.GuideEmbeddings,
            Progress = batch.Progress,
        };
    }

    /// <summary>Checks the number of columns, and that they have the same number of rows.</summary>
    /// <param name="loss">The loss, named in the message.</param>
    /// <param name="least">The minimum number of columns.</param>
    /// <param name="most">The maximum number of columns.</param>
    /// <exception cref="LossInputException">The number of columns or of rows is not the expected one.</exception>
    public void RequireColumns(Objective loss, int least, int most = int.MaxValue)
    {
        if (Embeddings.Count < least || Embeddings.Count > most)
        {
            var expected = least == most ? $"{least}" : most == int.MaxValue ? $"at least {least}" : $"{least} to {most}";
            throw new LossInputException($"{loss.Name} takes {expected} text columns, not {Embeddings.Count}.");
        }

        Require(loss, Embeddings, "text");
    }

    /// <summary>Returns the guide model's embeddings, one tensor for each column of the model's.</summary>
    /// <param name="loss">The loss, named in the message.</param>
    /// <exception cref="LossInputException">The guide model's embeddings are missing, or do not match the model's in number.</exception>
    public IReadOnlyList<Tensor> RequireGuide(Objective loss)
    {
        if (GuideEmbeddings is not { } guide || guide.Count != Embeddings.Count)
        {
            throw new LossInputException(
                $"{loss.Name} needs the guide model's vectors of {Embeddings.Count} text columns, not of {GuideEmbeddings?.Count ?? 0}.");
        }

        Require(loss, guide, "guide");
        return guide;
    }

    /// <summary>Returns the text numbers, one for each row of each column; <see langword="null"/> if the batch has none.</summary>
    /// <param name="loss">The loss, named in the message.</param>
    /// <exception cref="LossInputException">The text numbers do not match the embeddings.</exception>
    public IReadOnlyList<IReadOnlyList<int>>? RequireTextNumbers(Objective loss)
    {
        if (TextNumbers is { } texts && (texts.Count != Embeddings.Count || texts.Any(column => column.Count != Rows)))
        {
            throw new LossInputException(
                $"{loss.Name} needs a text number for each of {Rows} rows of {Embeddings.Count} columns, or none at all.");
        }

        return TextNumbers;
    }

    /// <summary>Returns the labels as <c>[batch × count]</c>.</summary>
    /// <param name="loss">The loss, named in the message.</param>
    /// <param name="count">The number of labels of each row; 0 for any number.</param>
    /// <exception cref="LossInputException">The labels are missing, not finite, or not of the expected number.</exception>
    public Tensor RequireLabels(Objective loss, int count = 1) => Checked(loss, Labels, Rows, count);

    /// <summary>Returns labels as <c>[rows × count]</c>.</summary>
    internal static Tensor Checked(Objective loss, Tensor? found, int rows, int count)
    {
        if (found is not { } labels)
        {
            throw new LossInputException($"{loss.Name} needs labels, and the batch has none.");
        }

        var fits = labels.Shape.Length > 0 && labels.Shape[0] == rows && labels.Length > 0 && (count == 0 || labels.Length == rows * count);
        if (!fits)
        {
            var expected = count == 0 ? "labels" : count == 1 ? "one label" : $"{count} labels";
            throw new LossInputException($"{loss.Name} needs {expected} for each of {rows} rows, not {labels}.");
        }

        for (var i = 0; i < labels.Length; i++)
        {
            if (!float.IsFinite(labels.Values[i]))
            {
                throw new LossInputException($"The label {labels.Values[i]} of row {i / (labels.Length / rows)} is not a finite number.");
            }
        }

        return Tensor.From(labels.Values, rows, labels.Length / rows);
    }

    /// <summary>Returns the labels as class indices.</summary>
    /// <param name="loss">The loss, named in the message.</param>
    /// <param name="count">The number of classes; labels are less than it.</param>
    /// <exception cref="LossInputException">
    /// The labels are missing, or are not class indices less than <paramref name="count"/>.
    /// </exception>
    public int[] RequireClasses(Objective loss, int count = int.MaxValue)
    {
        var labels = RequireLabels(loss).Values;
        var classes = new int[labels.Length];
        for (var i = 0; i < classes.Length; i++)
        {
            if (!float.IsInteger(labels[i]) || labels[i] < 0 || labels[i] >= count)
            {
                var expected = count == int.MaxValue ? "a class, a whole number from 0" : $"one of the classes 0 to {count - 1}";
                throw new LossInputException($"The label {labels[i]} of row {i} is not {expected}.");
            }

            classes[i] = (int)labels[i];
        }

        return classes;
    }

    private void Require(Objective loss, IReadOnlyList<Tensor> columns, string kind)
    {
        for (var column = 0; column < columns.Count; column++)
        {
            if (columns[column].Rows != Rows || columns[column].Columns != columns[0].Columns || columns[column].Length == 0)
            {
                throw new LossInputException(
                    $"{loss.Name} needs {Rows} vectors in each column, equally long and at least one; {kind} column 0 has {columns[0]}, "
                    + $"column {column} {columns[column]}.");
            }
        }
    }
}
