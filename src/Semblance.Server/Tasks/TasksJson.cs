using Semblance.Server.Collections;

namespace Semblance.Server.Tasks;

/// <summary>Provides the contracts of the bodies about task models.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true,
    Converters = [typeof(VectorIdConverter)], DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ClassifyBody))]
[JsonSerializable(typeof(ClassifyAnswer))]
[JsonSerializable(typeof(TagBody))]
[JsonSerializable(typeof(TagAnswer))]
[JsonSerializable(typeof(AnswerBody))]
[JsonSerializable(typeof(AnswersAnswer))]
internal sealed partial class TasksJson : JsonSerializerContext;
