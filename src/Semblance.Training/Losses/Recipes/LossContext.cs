using Semblance.Training.Recipes;

namespace Semblance.Training;

/// <summary>Represents what some losses need beside the settings in a recipe.</summary>
/// <param name="Model">The model that is trained.</param>
/// <param name="Folder">The folder that the model was loaded from; null for a new one.</param>
/// <param name="LabelCount">The number of classes of the data set; null where it has none.</param>
/// <param name="Seed">The random seed of new parameters.</param>
public sealed record LossContext(ITrainableModel Model, string? Folder, int? LabelCount, int Seed)
{
    /// <summary>Returns the number of classes of the data set.</summary>
    /// <param name="node">The loss in the recipe.</param>
    /// <exception cref="RecipeException">The data set has none.</exception>
    public int Classes(RecipeNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return LabelCount ?? throw node.Fault("SoftmaxLoss needs classes: name the data set's 'label' column and its 'labels'.");
    }
}
