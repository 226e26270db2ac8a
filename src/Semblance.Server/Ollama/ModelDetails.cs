namespace Semblance.Server.Ollama;

/// <summary>Represents what a model is.</summary>
/// <param name="ParentModel">Empty.</param>
/// <param name="Format"><c>safetensors</c>.</param>
/// <param name="Family">The kind of model.</param>
/// <param name="Families">The kind of model.</param>
/// <param name="ParameterSize">The number of parameters, such as <c>22.7M</c>.</param>
/// <param name="QuantizationLevel">The compute type, such as <c>F32</c>.</param>
internal sealed record ModelDetails(
    string ParentModel, string Format, string Family, IReadOnlyList<string> Families, string ParameterSize, string QuantizationLevel);
