namespace Semblance.Server.Tasks;

/// <summary>Represents the entities of a text.</summary>
/// <param name="Entities">The entities, in the order of the text.</param>
internal sealed record EntitiesItem(IReadOnlyList<EntityItem> Entities);
