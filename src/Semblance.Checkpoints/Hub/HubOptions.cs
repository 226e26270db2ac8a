namespace Semblance.Checkpoints;

/// <summary>
/// Represents the options of a <see cref="HubClient"/>. The defaults come from the environment variables of huggingface_hub.
/// </summary>
public sealed record HubOptions
{
    /// <summary>Initializes a new instance of the <see cref="HubOptions"/> class from the environment variables.</summary>
    public HubOptions()
        : this(Environment.GetEnvironmentVariable)
    {
    }

    internal HubOptions(Func<string, string?> environment)
    {
        var user = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var home = Variable("HF_HOME") ?? Path.Combine(Variable("XDG_CACHE_HOME") ?? Path.Combine(user, ".cache"), "huggingface");
        Endpoint = Uri.TryCreate(Variable("HF_ENDPOINT") ?? "https://huggingface.co", UriKind.Absolute, out var endpoint)
            ? endpoint
            : throw new HubException($"HF_ENDPOINT is '{Variable("HF_ENDPOINT")}', expected a web address such as https://huggingface.co.");
        CacheFolder = Variable("HF_HUB_CACHE") ?? Path.Combine(home, "hub");
        Offline = Variable("HF_HUB_OFFLINE")?.ToUpperInvariant() is "1" or "TRUE" or "YES" or "ON";
        Token = Variable("HF_TOKEN") ?? ReadToken(Variable("HF_TOKEN_PATH") ?? Path.Combine(home, "token"));

        string? Variable(string name) => environment(name)?.Trim() is { Length: > 0 } value ? value : null;
    }

    /// <summary>Gets the address of the Hub: <c>HF_ENDPOINT</c>, or https://huggingface.co.</summary>
    public Uri Endpoint { get; init; }

    /// <summary>
    /// Gets the folder of all downloads: <c>HF_HUB_CACHE</c>, or <c>hub</c> in <c>HF_HOME</c>, or <c>~/.cache/huggingface/hub</c>.
    /// </summary>
    public string CacheFolder { get; init; }

    /// <summary>
    /// Gets the access token for private and gated models: <c>HF_TOKEN</c>, or the file <c>token</c> in <c>HF_HOME</c>. It is sent to
    /// <see cref="Endpoint"/> only.
    /// </summary>
    public string? Token { get; init; }

    /// <summary>Gets a value that indicates whether the network is not used: <c>HF_HUB_OFFLINE</c>.</summary>
    public bool Offline { get; init; }

    /// <summary>Gets the maximum number of attempts of a request or transfer without progress; 5 by default.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>Gets the maximum time to wait for the server; 30 seconds by default.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets the minimum transfer rate in bytes per second, averaged over <see cref="Timeout"/>; 1024 by default, 0 for any rate.
    /// </summary>
    public long MinBytesPerSecond { get; init; } = 1024;

    /// <summary>Gets the function that waits between attempts.</summary>
    internal Func<TimeSpan, CancellationToken, Task> Delay { get; init; } = Task.Delay;

    /// <summary>Returns the options as text, without the token.</summary>
    public override string ToString() => $"{Endpoint} in {CacheFolder}{(Offline ? ", offline" : "")}";

    private static string? ReadToken(string path)
    {
        try
        {
            return File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } token ? token : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // a token that cannot be read is ignored: public models need none
        }
    }
}
