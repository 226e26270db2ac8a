using Semblance.Modules;
using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Represents the errors with which a sparse auto-encoder reconstructs dense vectors: the mean over the columns of L(k) + L(4k) / 8 + β
/// L(aux) (Wen et al. 2025, arXiv:2503.01776; Gao et al. 2024, arXiv:2406.04093).
/// </summary>
/// <remarks>
/// L(k) and L(4k) are the mean squared errors of the reconstructions from the k and 4 k largest elements. L(aux) is that of the residual
/// from elements that no text has had for many batches, divided by the variance of the residual. One or more text columns; no labels. The
/// model is a <see cref="SparseEncoder"/> whose last module is a <see cref="SparseAutoEncoderModule"/>. It is a part of
/// <see cref="CSRLoss"/>.
/// </remarks>
/// <param name="auxiliaryWeight">The weight β of the auxiliary error; 1 by default.</param>
public sealed class CSRReconstructionLoss(float auxiliaryWeight = 1) : OutputLoss
{
    private const string Wen =
        """
        @misc{wen2025matryoshkarevisitingsparsecoding,
            title = {Beyond Matryoshka: Revisiting Sparse Coding for Adaptive Representation},
            author = {Tiansheng Wen and Yifei Wang and Zequn Zeng and Zhong Peng and Yudi Su and Xinyang Liu and Bo Chen and Hongwei Liu and Stefanie Jegelka and Chenyu You},
            year = {2025},
            eprint = {2503.01776},
            archivePrefix = {arXiv},
            primaryClass = {cs.LG}
        }
        """;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(CSRReconstructionLoss), ModelOutputKind.SentenceEmbeddings, ["auxiliary-weight"],
        (node, _) => new CSRReconstructionLoss(node.Find("auxiliary-weight")?.Number(0f, 1e6f) ?? 1));

    /// <summary>Gets the weight β of the auxiliary error.</summary>
    public float AuxiliaryWeight { get; } = Setting.AtLeastZero(auxiliaryWeight);

    /// <inheritdoc/>
    public override ModelOutputKind OutputKind => ModelOutputKind.SentenceEmbeddings;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Wen];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, TrainingBatch batch, IReadOnlyList<ModelOutput> outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        return Forward(run, outputs);
    }

    /// <summary>Computes the loss of the outputs of each column.</summary>
    internal Tensor Forward(Computation run, IReadOnlyList<ModelOutput> outputs)
    {
        var sum = Error(run, outputs[0]);
        foreach (var output in outputs.Skip(1))
        {
            sum = run.Add(sum, Error(run, output));
        }

        return run.Scale(sum, 1f / outputs.Count);
    }

    private Tensor Error(Computation run, ModelOutput output)
    {
        var found = output.Reconstruction ?? throw new LossInputException(
            $"{Name} needs a sparse encoder whose last module is a SparseAutoEncoder; a recipe names it under 'sparse' with "
            + "'auto-encoder'.");
        var error = run.Add(
            run.MeanSquaredError(found.Dense, found.Largest),
            run.Scale(run.MeanSquaredError(found.Dense, found.FourTimesLargest), 1f / 8));
        return run.Add(error, run.Scale(Auxiliary(run, found), AuxiliaryWeight));
    }

    private static Tensor Auxiliary(Computation run, SparseReconstruction found)
    {
        var rows = found.Residual.Rows;
        var weights = Tensor.Zeros(1, rows);
        weights.Writable.Fill(1f / rows);
        var mean = run.Product(weights, run.Transpose(found.Residual)); // [1 × dimension]
        var variance = run.MeanSquaredError(run.Rows(mean, new int[rows]), found.Residual);
        return run.Divide(run.MeanSquaredError(found.Auxiliary, found.Residual), variance);
    }
}
