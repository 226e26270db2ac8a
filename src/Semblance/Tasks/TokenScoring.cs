using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;

namespace Semblance;

/// <summary>Computes numbers for each token of the windows of texts, or pairs of texts.</summary>
internal static class TokenScoring
{
    public delegate void RowAction(ReadOnlySpan<float> row, Span<float> result);

    /// <summary>Divides texts into windows, in parallel.</summary>
    /// <param name="count">The number of texts.</param>
    /// <param name="windowsOf">Returns the windows of the text at an index.</param>
    /// <param name="options">The number of threads and the treatment of long texts.</param>
    /// <param name="limit">The maximum sequence length, for messages.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The windows of each text that have tokens.</returns>
    /// <exception cref="TextTooLongException">A text has several windows, and <see cref="Truncation.Error"/> is set.</exception>
    public static IReadOnlyList<Encoding>[] Divide(
        int count, Func<int, IReadOnlyList<Encoding>> windowsOf, TextOptions options, int limit, CancellationToken cancellationToken)
    {
        var windows = new IReadOnlyList<Encoding>[count];
        Workers.Shared.For(count, options.WorkerCount, i => windows[i] = windowsOf(i), cancellationToken);
        if (options.Truncation == Truncation.Error && Array.FindIndex(windows, parts => parts.Count > 1) is >= 0 and var first)
        {
            throw new TextTooLongException(first, limit, windows[first][0].TokenCount);
        }

        options.Counter?.Add([.. windows.Select(parts => parts.Sum(part => part.Count))], new bool[count], limit);
        return Array.ConvertAll(windows, parts => (IReadOnlyList<Encoding>)[.. parts.Where(part => part.Count > 0)]);
    }

    /// <summary>Computes the numbers of windows.</summary>
    /// <param name="windows">The tokens of the windows.</param>
    /// <param name="options">The batches and the number of threads.</param>
    /// <param name="compute">The compute type of the model.</param>
    /// <param name="forward">Computes the logits of a batch, <c>[tokens × columns]</c>.</param>
    /// <param name="finish">Computes the numbers of a token from its logits.</param>
    /// <param name="progress">Receives progress after each batch.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The numbers of each window, <c>[tokens × columns]</c>.</returns>
    public static float[][] Run(
        TokenizedTexts windows, TextOptions options, ComputeType compute, Func<Computation, PackedBatch, Tensor> forward, RowAction finish,
        IProgress<EncodeProgress>? progress, CancellationToken cancellationToken)
    {
        var scores = new float[windows.Count][];
        windows.ForEachBatch(options, compute, progress, (run, batch, indices) =>
        {
            var logits = forward(run, batch);
            for (var i = 0; i < indices.Length; i++)
            {
                var own = new float[(batch.Offsets[i + 1] - batch.Offsets[i]) * logits.Columns];
                for (var token = 0; token < own.Length / logits.Columns; token++)
                {
                    var row = logits.Row(batch.Offsets[i] + token);
                    if (row.ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
                    {
                        throw new ModelFormatException("model", "the score of a token is not finite; are the model's weights damaged?");
                    }

                    finish(row, own.AsSpan(token * logits.Columns, logits.Columns));
                }

                scores[indices[i]] = own;
            }
        }, cancellationToken);
        return scores;
    }
}
