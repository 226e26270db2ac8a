namespace Semblance.Files.Json;

/// <summary>Specifies the use of a key of a settings file.</summary>
public enum KeyUse
{
    /// <summary>The value is applied.</summary>
    Supported,

    /// <summary>The value does not change results, so it is ignored.</summary>
    Ignored,

    /// <summary>The value would change results and is not supported: any value but a neutral one is an error.</summary>
    Unsupported,
}
