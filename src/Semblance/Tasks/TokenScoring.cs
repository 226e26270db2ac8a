using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;

namespace Semblance;

/// <summary>Computes numbers for each token of the windows of several texts, or pairs of texts.</summary>
/// <param name="count">The number of texts.</param>
/// <param name="options">The batches, the number of threads and the treatment of long texts.</param>
/// <param name="limit">The maximum sequence length, for messages.</param>
internal sealed class TokenScoring(int count, TextOptions options, int limit)
{
    private readonly List<(int Text, Encoding Tokens)> _windows = [];
    private float[][] _scores = [];

    public delegate void RowAction(ReadOnlySpan<float> row, Span<float> result);

    /// <summary>Gets the windows of each text with the numbers of their tokens.</summary>
    public List<(Encoding Tokens, float[] Scores)>[] Results
    {
        get
        {
            var results = new List<(Encoding, float[])>[count];
            for (var i = 0; i < count; i++)
            {
                results[i] = [];
            }

            foreach (var (i, (text, tokens)) in _windows.Index())
            {
                results[text].Add((tokens, _scores[i]));
            }

            return results;
        }
    }

    /// <summary>Divides the texts into windows, in parallel.</summary>
    /// <exception cref="TextTooLongException">A text has several windows, and <see cref="Truncation.Error"/> is set.</exception>
    public void Tokenize(Func<int, IReadOnlyList<Encoding>> windowsOf, CancellationToken cancellationToken)
    {
        var windows = new IReadOnlyList<Encoding>[count];
        Workers.Shared.For(count, options.WorkerCount, i => windows[i] = windowsOf(i), cancellationToken);
        if (options.Truncation == Truncation.Error && Array.FindIndex(windows, parts => parts.Count > 1) is >= 0 and var first)
        {
            throw new TextTooLongException(first, limit, windows[first][0].TokenCount);
        }

        options.Counter?.Add([.. windows.Select(parts => parts.Sum(part => part.Count))], new bool[count], limit);
        _windows.AddRange(windows.SelectMany((parts, i) => parts.Where(part => part.Count > 0).Select(part => (i, part))));
    }

    /// <summary>Computes the numbers of all windows.</summary>
    /// <param name="compute">The compute type of the model.</param>
    /// <param name="tokensOf">Returns the tokens of a window.</param>
    /// <param name="forward">Computes the logits of a batch, <c>[tokens × columns]</c>.</param>
    /// <param name="finish">Computes the numbers of a token from its logits.</param>
    /// <param name="progress">Receives progress after each batch.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public void Run(
        ComputeType compute, Func<Encoding, TokenizedText> tokensOf, Func<Computation, PackedBatch, Tensor> forward, RowAction finish,
        IProgress<EncodeProgress>? progress, CancellationToken cancellationToken)
    {
        _scores = new float[_windows.Count][];
        TextOptions uncounted = options with { Counter = null };
        TokenizedTexts.From(_windows.Count, i => tokensOf(_windows[i].Tokens), limit, uncounted, cancellationToken)
            .ForEachBatch(uncounted, compute, progress, (run, batch, indices) =>
            {
                var logits = forward(run, batch);
                for (var i = 0; i < indices.Length; i++)
                {
                    var scores = new float[(batch.Offsets[i + 1] - batch.Offsets[i]) * logits.Columns];
                    for (var token = 0; token < scores.Length / logits.Columns; token++)
                    {
                        var row = logits.Row(batch.Offsets[i] + token);
                        if (row.ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
                        {
                            throw new ModelFormatException("model",
                                $"a score of text {_windows[indices[i]].Text} is not finite; are the model's weights damaged?");
                        }

                        finish(row, scores.AsSpan(token * logits.Columns, logits.Columns));
                    }

                    _scores[indices[i]] = scores;
                }
            }, cancellationToken);
    }
}
