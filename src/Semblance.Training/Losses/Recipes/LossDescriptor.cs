using Semblance.Training.Recipes;

namespace Semblance.Training;

/// <summary>Describes how a recipe names a loss and sets it.</summary>
/// <param name="Name">The name of the loss: that of its class.</param>
/// <param name="OutputKind">The outputs of a model that the loss needs; losses for different outputs may have the same name.</param>
/// <param name="Keys">The keys of its settings; others are refused.</param>
/// <param name="Create">Makes the loss of its settings. What a recipe leaves out has the default of the loss's settings record. Every key is read.</param>
public sealed record LossDescriptor(string Name, ModelOutputKind OutputKind, IReadOnlyList<string> Keys, Func<RecipeNode, LossContext, Objective> Create);
