using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>What a loss is computed from: one batch.</summary>
/// <param name="Embeddings">
/// For each text column the sentence vectors <c>[batch × dimension]</c>, made by the computation that the loss is asked for. Row i of
/// every column belongs together.
/// </param>
/// <param name="Labels">
/// <c>[batch]</c>, or <c>[batch × values]</c> where a loss takes several for each row; null for losses without. A class is its number,
/// counted from 0.
/// </param>
public sealed record LossInput(IReadOnlyList<Tensor> Embeddings, Tensor? Labels = null)
{
    /// <summary>The vectors of the same texts from a guide model, where a loss asks one; null otherwise.</summary>
    public IReadOnlyList<Tensor>? GuideEmbeddings { get; init; }

    /// <summary>
    /// For each text column, a number for each row that is the same for equal texts, over all columns. With it, ranking losses leave out
    /// negatives that are the positive itself; null keeps them.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<int>>? TextNumbers { get; init; }

    internal int Rows => Embeddings[0].Rows;

    /// <summary>Checks the number of columns and that they have equally many rows.</summary>
    internal void RequireColumns(Loss loss, int least, int most = int.MaxValue)
    {
        if (Embeddings.Count < least || Embeddings.Count > most)
        {
            var expected = least == most ? $"{least}" : most == int.MaxValue ? $"at least {least}" : $"{least} to {most}";
            throw new LossInputException($"{loss.Name} takes {expected} text columns, not {Embeddings.Count}.");
        }

        Require(loss, Embeddings, "text");
    }

    /// <summary>The vectors of the guide, as many as there are of the model.</summary>
    internal IReadOnlyList<Tensor> RequireGuide(Loss loss)
    {
        if (GuideEmbeddings is not { } guide || guide.Count != Embeddings.Count)
        {
            throw new LossInputException($"{loss.Name} needs the guide model's vectors of {Embeddings.Count} text columns, not of {GuideEmbeddings?.Count ?? 0}.");
        }

        Require(loss, guide, "guide");
        return guide;
    }

    /// <summary>The numbers of texts, if there are any, as many as there are vectors.</summary>
    internal IReadOnlyList<IReadOnlyList<int>>? RequireTextNumbers(Loss loss)
    {
        if (TextNumbers is { } texts && (texts.Count != Embeddings.Count || texts.Any(column => column.Count != Rows)))
        {
            throw new LossInputException($"{loss.Name} needs a text number for each of {Rows} rows of {Embeddings.Count} columns, or none at all.");
        }

        return TextNumbers;
    }

    /// <summary>The labels as <c>[batch × count]</c>; <paramref name="count"/> of 0 takes any.</summary>
    internal Tensor RequireLabels(Loss loss, int count = 1)
    {
        if (Labels is not { } labels)
        {
            throw new LossInputException($"{loss.Name} needs labels, and the batch has none.");
        }

        var fits = labels.Shape.Length > 0 && labels.Shape[0] == Rows && labels.Length > 0 && (count == 0 || labels.Length == Rows * count);
        if (!fits)
        {
            var expected = count == 0 ? "labels" : count == 1 ? "one label" : $"{count} labels";
            throw new LossInputException($"{loss.Name} needs {expected} for each of {Rows} rows, not {labels}.");
        }

        for (var i = 0; i < labels.Length; i++)
        {
            if (!float.IsFinite(labels.Values[i]))
            {
                throw new LossInputException($"The label {labels.Values[i]} of row {i / (labels.Length / Rows)} is not a finite number.");
            }
        }

        return Tensor.From(labels.Values, Rows, labels.Length / Rows);
    }

    /// <summary>The labels as numbers of classes below <paramref name="count"/>.</summary>
    internal int[] RequireClasses(Loss loss, int count = int.MaxValue)
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

    private void Require(Loss loss, IReadOnlyList<Tensor> columns, string kind)
    {
        for (var column = 0; column < columns.Count; column++)
        {
            if (columns[column].Rows != Rows || columns[column].Columns != columns[0].Columns || columns[column].Length == 0)
            {
                throw new LossInputException(
                    $"{loss.Name} needs {Rows} vectors in each column, equally long and at least one; {kind} column 0 has {columns[0]}, column {column} {columns[column]}.");
            }
        }
    }
}
