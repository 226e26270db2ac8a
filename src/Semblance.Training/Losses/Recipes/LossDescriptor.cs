using Semblance.Training.Recipes;

namespace Semblance.Training;

/// <summary>Describes a loss for recipes: its name, settings and factory.</summary>
/// <param name="Name">The name of the loss: the name of its class.</param>
/// <param name="OutputKind">The kind of model output that the loss needs; losses for different outputs can have the same name.</param>
/// <param name="Keys">The keys of its settings; other keys are rejected.</param>
/// <param name="Create">
/// A function that creates the loss from its settings. Missing settings have the defaults of the loss's settings record.
/// </param>
public sealed record LossDescriptor(
    string Name, ModelOutputKind OutputKind, IReadOnlyList<string> Keys, Func<RecipeNode, LossContext, Objective> Create);
