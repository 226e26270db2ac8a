namespace Semblance.Server;

/// <summary>Provides the version of the server.</summary>
internal static class ServerVersion
{
    /// <summary>Gets the version, such as <c>0.2.0</c>.</summary>
    public static string Text { get; } = typeof(ServerVersion).Assembly.GetName().Version!.ToString(3);
}
