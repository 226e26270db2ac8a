using Semblance.Server.Collections;

namespace Semblance.Server.Mcp;

/// <summary>Provides the contracts of the arguments and results of tools.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(VectorIdConverter)])]
[JsonSerializable(typeof(ToolArguments))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSerializable(typeof(IReadOnlyList<float[]>))]
[JsonSerializable(typeof(ScoredText[]))]
[JsonSerializable(typeof(SearchItem[]))]
[JsonSerializable(typeof(CollectionList))]
[JsonSerializable(typeof(ChangeAnswer))]
internal sealed partial class McpJson : JsonSerializerContext;
