using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Any loss over batches larger than memory (GradCache; Gao et al. 2021, arXiv:2101.06983): the vectors are made in mini-batches without
/// recording, the loss gives the gradient of each vector, and each mini-batch is computed once more, recording, to carry it to the parameters. With
/// <see cref="MultipleNegativesRankingLoss"/>, <see cref="MultipleNegativesSymmetricRankingLoss"/> and <see cref="GISTEmbedLoss"/> these are
/// the cached losses of sentence-transformers, with <see cref="MegaBatchMarginLoss"/> its mini-batched form.
/// </summary>
/// <param name="loss">The loss of the whole batch.</param>
/// <param name="start">Starts a computation, recording or not.</param>
public sealed class GradientCache(Loss loss, Func<bool, Computation> start)
{
    /// <summary>The loss of one batch; adds to the gradients of all parameters.</summary>
    /// <param name="miniBatches">For each text column, the rows of each mini-batch, in order; see <see cref="MiniBatches"/>.</param>
    /// <param name="encode">
    /// Makes the vectors of some rows of a column. It is called twice for each mini-batch and must do the same both times: dropout takes the same
    /// random numbers.
    /// </param>
    /// <param name="input">The rest of the batch: labels and guide; its own vectors are not looked at.</param>
    /// <param name="scale">What the loss is multiplied by before it goes back; the result is not.</param>
    /// <returns>The loss.</returns>
    /// <exception cref="LossInputException">The batch does not have the columns, rows or labels that the loss needs.</exception>
    public float Backward(IReadOnlyList<IReadOnlyList<Range>> miniBatches, Func<Computation, int, Range, Tensor> encode, LossInput input, float scale = 1)
    {
        ArgumentNullException.ThrowIfNull(miniBatches);
        ArgumentNullException.ThrowIfNull(encode);
        ArgumentNullException.ThrowIfNull(input);
        Tensor[] embeddings = [.. miniBatches.Select((ranges, column) => Embed(ranges, column, encode))];
        float value;
        using (var run = start(true))
        {
            var result = loss.Forward(run, input with { Embeddings = embeddings });
            value = result.Values[0];
            run.Backward(result, Tensor.From([scale], 1));
        }

        for (var column = 0; column < embeddings.Length; column++)
        {
            var row = 0;
            foreach (var range in miniBatches[column])
            {
                using var run = start(true);
                var vectors = encode(run, column, range);
                if (embeddings[column].Gradient is { } gradient)
                {
                    run.Backward(vectors, Tensor.From(gradient.Values.Slice(row * vectors.Columns, vectors.Length), vectors.Shape));
                }

                row += vectors.Rows;
            }
        }

        return value;
    }

    /// <summary>Divides the rows of a column into runs of at most so many tokens, each of at least one row.</summary>
    /// <param name="tokenCounts">The tokens of each row.</param>
    /// <param name="tokenBudget">The most tokens of a mini-batch.</param>
    public static IReadOnlyList<Range> MiniBatches(IReadOnlyList<int> tokenCounts, int tokenBudget)
    {
        ArgumentNullException.ThrowIfNull(tokenCounts);
        ArgumentOutOfRangeException.ThrowIfLessThan(tokenBudget, 1);
        var ranges = new List<Range>();
        long tokens = 0;
        var first = 0;
        for (var row = 0; row < tokenCounts.Count; row++)
        {
            if (row > first && tokens + tokenCounts[row] > tokenBudget)
            {
                ranges.Add(first..row);
                (first, tokens) = (row, 0);
            }

            tokens += tokenCounts[row];
        }

        if (first < tokenCounts.Count)
        {
            ranges.Add(first..tokenCounts.Count);
        }

        return ranges;
    }

    // The vectors of a whole column, in memory of their own.
    private Tensor Embed(IReadOnlyList<Range> ranges, int column, Func<Computation, int, Range, Tensor> encode)
    {
        var parts = new List<float>();
        var dimension = 0;
        foreach (var range in ranges)
        {
            using var run = start(false);
            var vectors = encode(run, column, range);
            dimension = vectors.Columns;
            parts.AddRange(vectors.Values);
        }

        var embeddings = Tensor.From(parts.ToArray(), dimension == 0 ? 0 : parts.Count / dimension, dimension);
        embeddings.RequiresGradient = true;
        return embeddings;
    }
}
