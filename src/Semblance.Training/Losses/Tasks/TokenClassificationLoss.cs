using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Represents the loss of a <see cref="TokenClassifier"/>: the cross-entropy of the label of each word's first token. Other tokens are
/// left out.
/// </summary>
/// <remarks>One text column, and <see cref="Example.Spans"/>: the words with their labels.</remarks>
/// <param name="settings">The settings; <see langword="null"/> for the defaults.</param>
/// <param name="allTokens">
/// <see langword="true"/> to train the further tokens of a word too (<see cref="TokenClassifier.AlignLabels"/>); <see langword="false"/>,
/// the default, to leave them out.
/// </param>
public sealed class TokenClassificationLoss(ClassificationLossSettings? settings = null, bool allTokens = false) : OutputLoss
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(TokenClassificationLoss), ModelOutputKind.TokenLogits, [.. ClassificationLossSettings.Keys, "all-tokens"], (node, context) =>
            new TokenClassificationLoss(
                ClassificationLossSettings.Read(node, context, row => row.Spans?.Select(span => span.Label) ?? []),
                node.Find("all-tokens")?.Flag() ?? false));

    /// <summary>Gets the settings.</summary>
    public ClassificationLossSettings Settings { get; } = settings ?? new();

    /// <summary>Gets a value that indicates whether all tokens of a word are trained.</summary>
    public bool AllTokens => allTokens;

    /// <inheritdoc/>
    public override ModelOutputKind OutputKind => ModelOutputKind.TokenLogits;

    /// <inheritdoc/>
    public override IReadOnlyList<ModelInput> Inputs(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return [new ModelInput(batch.Texts(0))];
    }

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, TrainingBatch batch, IReadOnlyList<ModelOutput> outputs)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(outputs);
        var model = batch.Model as TokenClassifier ?? throw new LossInputException(
            $"{Name} aligns words with tokens, so it needs a TokenClassifier; the model is a {batch.Model.GetType().Name}.");
        int[] labels = [.. batch.Rows.SelectMany(row => model.AlignLabels(row.Texts[0], Spans(row), AllTokens))];
        int[] rows = [.. Enumerable.Range(0, labels.Length).Where(token => labels[token] >= 0)];
        return rows.Length == 0
            ? run.Nothing(outputs[0].Value)
            : Settings.CrossEntropy(run, batch, run.Rows(outputs[0].Value, rows), [.. rows.Select(token => labels[token])], this);
    }

    private IReadOnlyList<LabeledSpan> Spans(Example row) => row.Spans ?? throw new LossInputException(
        $"{Name} needs words with labels, and a row has none; read the data with TaggedSentences, in a recipe with 'form: tagged-words'.");
}
