using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="CSRLoss"/>.</summary>
public sealed record CSRLossSettings
{
    /// <summary>Gets the weight of the auxiliary reconstruction, which keeps elements in use; 0.1 by default.</summary>
    public float AuxiliaryWeight
    {
        get;
        init => field = Setting.AtLeastZero(value);
    } = 0.1f;

    /// <summary>Gets the weight of the wrapped loss; 1 by default.</summary>
    public float Gamma
    {
        get;
        init => field = Setting.AtLeastZero(value);
    } = 1;
}

/// <summary>
/// Represents the training of a sparse auto-encoder on sentence embeddings: <see cref="CSRReconstructionLoss"/> plus a loss of the sparse
/// vectors (contrastive sparse representation, CSR: Wen et al. 2025, arXiv:2503.01776).
/// </summary>
/// <remarks>
/// Columns and labels are those of the wrapped loss. The model is a <see cref="SparseEncoder"/> whose last module is a
/// <see cref="Modules.SparseAutoEncoderModule"/>.
/// </remarks>
public sealed class CSRLoss : Objective
{
    private readonly Loss _loss;
    private readonly CSRReconstructionLoss _reconstruction;

    /// <summary>Initializes a new instance of the <see cref="CSRLoss"/> class.</summary>
    /// <param name="loss">
    /// The loss of the sparse vectors; <see langword="null"/> for <see cref="SparseMultipleNegativesRankingLoss"/>.
    /// </param>
    /// <param name="settings">The weights; <see langword="null"/> for the defaults.</param>
    public CSRLoss(Loss? loss = null, CSRLossSettings? settings = null)
    {
        _loss = loss ?? new SparseMultipleNegativesRankingLoss();
        Settings = settings ?? new();
        _reconstruction = new(Settings.AuxiliaryWeight);
    }

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(CSRLoss), ModelOutputKind.SentenceEmbeddings, ["loss", "auxiliary-weight", "gamma"], (node, context) =>
        {
            var usual = new CSRLossSettings();
            return new CSRLoss(node.Find("loss") is null ? null : node.InnerLoss(context), usual with
            {
                AuxiliaryWeight = node.Find("auxiliary-weight")?.Number(0f, 1e6f) ?? usual.AuxiliaryWeight,
                Gamma = node.Find("gamma")?.Number(0f, 1e6f) ?? usual.Gamma,
            });
        });

    /// <summary>Gets the settings.</summary>
    public CSRLossSettings Settings { get; }

    /// <inheritdoc/>
    public override ModelOutputKind OutputKind => ModelOutputKind.SentenceEmbeddings;

    /// <inheritdoc/>
    public override Objective Inner => _loss;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => _reconstruction.Citations;

    /// <inheritdoc/>
    public override double Backward(TrainingBatch batch)
    {
        RequireOutputs(batch);
        batch = _loss.Prepare(batch);
        using var run = batch.Start();
        ModelOutput[] outputs = [.. _loss.Inputs(batch).Select(input => batch.Forward(run, input))];
        var reconstruction = _reconstruction.Forward(run, outputs);
        return Backward(run, run.Add(reconstruction, run.Scale(_loss.Forward(run, batch, outputs), Settings.Gamma)), batch);
    }
}
