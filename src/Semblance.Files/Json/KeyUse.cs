namespace Semblance.Files.Json;

/// <summary>What a reader does with a key of a settings file.</summary>
public enum KeyUse
{
    /// <summary>The value is applied.</summary>
    Honoured,

    /// <summary>The value changes no result here, so it is ignored on purpose.</summary>
    Ignored,

    /// <summary>The value would change results and is not supported: anything but a neutral value is an error.</summary>
    Unsupported,
}
