namespace Semblance.Training;

/// <summary>
/// Describes the losses that sentence-transformers has a class of its own of for sparse vectors, and whose computation is that of the dense
/// one: recipes can name both. A program takes the dense class.
/// </summary>
internal static class SparseLosses
{
    /// <summary>Gets the descriptors.</summary>
    public static IReadOnlyList<LossDescriptor> Descriptors { get; } =
    [
        Same("SparseMarginMSELoss", MarginMSELoss.Descriptor),
        Same("SparseTripletLoss", TripletLoss.Descriptor),
        Same("SparseCosineSimilarityLoss", CosineSimilarityLoss.Descriptor),
        Same("SparseCoSENTLoss", CoSENTLoss.Descriptor),
        Same("SparseAnglELoss", AnglELoss.Descriptor),
        Same("SparseMSELoss", MSELoss.Descriptor),
        Same("SparseDistillKLDivLoss", DistillKLDivLoss.Descriptor) with
        {
            Create = (node, _) => new DistillKLDivLoss(DistillKLDivLoss.Read(node, new() { Temperature = 2 })),
        },
    ];

    private static LossDescriptor Same(string name, LossDescriptor dense) => dense with { Name = name };
}
