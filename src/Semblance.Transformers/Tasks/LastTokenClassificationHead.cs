using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Tasks;

/// <summary>
/// Represents a linear layer over the last token of each sequence that is not padding: the original's <c>…ForSequenceClassification</c> of
/// causal models.
/// </summary>
/// <param name="score">The layer.</param>
/// <param name="paddingId">The id of the padding token, which sequences may end with; <see langword="null"/> for none.</param>
public sealed class LastTokenClassificationHead(Linear score, int? paddingId) : TaskHead
{
    /// <summary>Creates the head from a builder: a layer <c>score</c> without bias.</summary>
    /// <param name="config">The configuration, with the labels and the padding token.</param>
    /// <param name="own">The builder.</param>
    /// <param name="hiddenSize">The width of a hidden state.</param>
    public static LastTokenClassificationHead Create(ConfigurationFile config, ModelParameters own, int hiddenSize) =>
        new(
            own.Linear("score", TaskModel.LabelCount(config), hiddenSize, bias: false),
            config.Find("pad_token_id") is null ? null : config.WholeNumber("pad_token_id", -1, int.MaxValue));

    /// <returns><c>[sequences × labels]</c>.</returns>
    /// <inheritdoc/>
    public override Tensor Forward(Computation run, Tensor hidden, PackedBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var rows = new int[batch.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            // As in the original, a sequence of padding alone is classified by its first token.
            var last = batch.TokenIds[batch.Offsets[i]..batch.Offsets[i + 1]].LastIndexOfAnyExcept(paddingId ?? -1);
            rows[i] = batch.Offsets[i] + Math.Max(0, last);
        }

        using var pooled = run.Rows(hidden, rows); // [sequences × hidden]
        return run.Linear(pooled, score);
    }
}
