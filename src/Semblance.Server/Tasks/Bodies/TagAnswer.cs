using Semblance.Server.OpenAI;

namespace Semblance.Server.Tasks;

/// <summary>Represents the entities of texts.</summary>
/// <param name="Model">The name of the model.</param>
/// <param name="Results">The entities of each text.</param>
/// <param name="Usage">The number of tokens.</param>
internal sealed record TagAnswer(string Model, IReadOnlyList<EntitiesItem> Results, TokenUsage Usage);
