using Semblance.Training.Recipes;

namespace Semblance.Training;

/// <summary>Represents the context that a loss of a recipe is created in.</summary>
/// <param name="Model">The model that is trained.</param>
/// <param name="Folder">The folder that the model was loaded from; <see langword="null"/> for a new model.</param>
/// <param name="LabelCount">The number of classes of the data set; <see langword="null"/> if it has none.</param>
/// <param name="Seed">The random seed of new parameters.</param>
public sealed record LossContext(ITrainableModel Model, string? Folder, int? LabelCount, int Seed)
{
    /// <summary>Gets the rows of the data set; empty by default.</summary>
    public IReadOnlyList<Example> Rows { get; init; } = [];

    /// <summary>Returns the number of classes of the data set.</summary>
    /// <param name="node">The loss in the recipe.</param>
    /// <exception cref="RecipeException">The data set has no classes.</exception>
    public int Classes(RecipeNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return LabelCount ?? throw node.Fault("SoftmaxLoss needs classes: name the data set's 'label' column and its 'labels'.");
    }
}
