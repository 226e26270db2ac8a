namespace Semblance.Server;

/// <summary>Marks a route that needs no API key, such as the health of the server.</summary>
internal sealed class OpenRoute
{
    /// <summary>Gets the mark.</summary>
    public static OpenRoute Instance { get; } = new();
}
