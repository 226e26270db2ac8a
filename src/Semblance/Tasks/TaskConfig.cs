namespace Semblance;

/// <summary>
/// Represents the settings of a task model beyond its <c>config.json</c>: none, since such a model has no prompts and is stored in the
/// layout of transformers.
/// </summary>
public record TaskConfig : EncoderConfig
{
    internal TaskConfig()
    {
    }

    internal override void Save(string folder, ModelKind kind)
    {
    }
}
