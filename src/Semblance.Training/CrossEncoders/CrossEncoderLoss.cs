using Semblance.Tensors;
using Semblance.Training.Recipes;

namespace Semblance.Training.CrossEncoders;

/// <summary>Represents the settings that all losses of cross-encoders share.</summary>
public record CrossEncoderLossSettings
{
    /// <summary>Gets the number of pairs that are computed at once, from 1; <see langword="null"/>, the default, for all.</summary>
    /// <remarks>
    /// With mini-batches, the scores are computed twice, without and with recording: the same value and gradients in less memory and a
    /// third more time (GradCache; Gao et al. 2021, arXiv:2101.06983).
    /// </remarks>
    public int? MiniBatchSize
    {
        get;
        init => field = value is null or > 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MiniBatchSize), value, "A mini-batch needs at least one pair.");
    }

    internal static CrossEncoderLossSettings Read(RecipeNode node) => new() { MiniBatchSize = node.MiniBatchSize(null) };
}

/// <summary>Represents a loss that is computed from the scores of pairs, for training a <see cref="CrossEncoder"/>.</summary>
/// <remarks>
/// The first text of a row, the query, is paired with each of the others, its candidates. Labels are <see cref="Example.Targets"/>, one for
/// each candidate, or, with one candidate, <see cref="Example.Score"/> or <see cref="Example.Label"/>. Ranking losses need no labels if the
/// first candidate is the positive. Rows can differ in length.
/// </remarks>
/// <param name="settings">The settings; <see langword="null"/> for the defaults.</param>
public abstract class CrossEncoderLoss(CrossEncoderLossSettings? settings = null) : OutputLoss
{
    /// <inheritdoc/>
    public sealed override ModelOutputKind OutputKind => ModelOutputKind.Logits;

    /// <summary>Computes the loss of one batch.</summary>
    /// <param name="run">The computation that made the scores.</param>
    /// <param name="input">The batch.</param>
    /// <returns>The loss: <c>[1]</c>.</returns>
    /// <exception cref="LossInputException">The batch does not have the candidates or labels that the loss needs.</exception>
    public abstract Tensor Forward(Computation run, CrossEncoderInput input);

    /// <inheritdoc/>
    public sealed override Tensor Forward(Computation run, TrainingBatch batch, IReadOnlyList<ModelOutput> outputs)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(outputs);
        return Forward(
            run, new CrossEncoderInput(outputs[0].Value, [.. batch.Rows.Select(row => row.Texts.Count - 1)], Labels(batch.Rows)));
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<ModelInput> Inputs(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return
        [
            new ModelInput([.. batch.Rows.SelectMany(row => Enumerable.Repeat(batch.Prompt(0) + row.Texts[0], row.Texts.Count - 1))])
            {
                Pairs = [.. batch.Rows.SelectMany(row => row.Texts.Skip(1), (_, text) => batch.Prompt(1) + text)],
            },
        ];
    }

    private protected sealed override int? MiniBatchSize { get; } = settings?.MiniBatchSize;

    private static IReadOnlyList<IReadOnlyList<float>>? Labels(IReadOnlyList<Example> rows)
    {
        IReadOnlyList<float>?[] labels = [.. rows.Select(row => row.Targets ?? ((row.Score ?? row.Label) is { } label ? [label] : null))];
        return labels.Contains(null) ? null : [.. labels.OfType<IReadOnlyList<float>>()];
    }
}
