namespace Semblance.Server.Page;

/// <summary>Provides the contracts of the bodies about maps.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true,
    Converters = [typeof(Inference.TextListConverter)])]
[JsonSerializable(typeof(MapBody))]
[JsonSerializable(typeof(MapAnswer))]
internal sealed partial class PageJson : JsonSerializerContext;
