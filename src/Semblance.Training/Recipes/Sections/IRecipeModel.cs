using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Training.Recipes;

/// <summary>Represents the initial model of a recipe.</summary>
internal interface IRecipeModel
{
    /// <summary>Gets the model.</summary>
    ITrainableModel Model { get; }

    /// <summary>Gets the folder that it was loaded from; <see langword="null"/> for a new one.</summary>
    string? Folder { get; }

    /// <summary>Gets the action that writes the model; <see langword="null"/>, the default, for its own.</summary>
    Action<string, DType>? Save => null;

    /// <summary>Returns the parameters to train; by default, all.</summary>
    IReadOnlyList<Parameter> Trained(IReadOnlyList<Parameter> parameters) => parameters;

    /// <summary>Prepares the model for the data before training; does nothing by default.</summary>
    void Begin(IReadOnlyList<RecipeDataset> datasets, CancellationToken cancellationToken)
    {
    }
}
