namespace Semblance.Server.Collections;

/// <summary>Provides the contracts of the bodies about collections.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true,
    Converters = [typeof(VectorIdConverter)])]
[JsonSerializable(typeof(CreateBody))]
[JsonSerializable(typeof(CollectionInfo))]
[JsonSerializable(typeof(CollectionList))]
[JsonSerializable(typeof(UpsertBody))]
[JsonSerializable(typeof(DeleteBody))]
[JsonSerializable(typeof(DocumentBody))]
[JsonSerializable(typeof(ChangeAnswer))]
[JsonSerializable(typeof(SearchBody))]
[JsonSerializable(typeof(SearchAnswer))]
internal sealed partial class CollectionsJson : JsonSerializerContext;
