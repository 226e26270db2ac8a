namespace Semblance.Server.Tokenizing;

/// <summary>Provides the contracts of the bodies about token ids.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(TokenizeBody))]
[JsonSerializable(typeof(DetokenizeBody))]
[JsonSerializable(typeof(DetokenizeAnswer))]
internal sealed partial class TokenizingJson : JsonSerializerContext;
