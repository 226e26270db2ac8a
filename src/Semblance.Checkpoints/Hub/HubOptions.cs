namespace Semblance.Checkpoints;

/// <summary>Where models come from and where they are kept. The defaults are those of the environment, as huggingface_hub reads it.</summary>
public sealed record HubOptions
{
    /// <summary>The options of this process's environment.</summary>
    public HubOptions()
        : this(Environment.GetEnvironmentVariable)
    {
    }

    internal HubOptions(Func<string, string?> environment)
    {
        var home = Variable("HF_HOME") ?? Path.Combine(
            Variable("XDG_CACHE_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "huggingface");
        Endpoint = Uri.TryCreate(Variable("HF_ENDPOINT") ?? "https://huggingface.co", UriKind.Absolute, out var endpoint)
            ? endpoint
            : throw new HubException($"HF_ENDPOINT is '{Variable("HF_ENDPOINT")}'; a web address such as https://huggingface.co is needed.");
        CacheFolder = Variable("HF_HUB_CACHE") ?? Path.Combine(home, "hub");
        Offline = Variable("HF_HUB_OFFLINE")?.ToUpperInvariant() is "1" or "TRUE" or "YES" or "ON";
        Token = Variable("HF_TOKEN") ?? ReadToken(Variable("HF_TOKEN_PATH") ?? Path.Combine(home, "token"));

        string? Variable(string name) => environment(name)?.Trim() is { Length: > 0 } value ? value : null;
    }

    /// <summary>The Hub's address: <c>HF_ENDPOINT</c>, or https://huggingface.co.</summary>
    public Uri Endpoint { get; init; }

    /// <summary>The folder of all downloads: <c>HF_HUB_CACHE</c>, or <c>hub</c> in <c>HF_HOME</c>, or ~/.cache/huggingface/hub.</summary>
    public string CacheFolder { get; init; }

    /// <summary>The access token, for private and gated models: <c>HF_TOKEN</c>, or the file <c>token</c> in <c>HF_HOME</c>. It is sent to <see cref="Endpoint"/> only.</summary>
    public string? Token { get; init; }

    /// <summary>Never use the network: <c>HF_HUB_OFFLINE</c>.</summary>
    public bool Offline { get; init; }

    /// <summary>How often a request or transfer is tried without progress before it is given up.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>How long the server may keep silent.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The slowest transfer that is waited for, in bytes a second, averaged over <see cref="Timeout"/>; 1024 by default, 0 for any.</summary>
    public long MinBytesPerSecond { get; init; } = 1024;

    /// <summary>Waits between attempts.</summary>
    internal Func<TimeSpan, CancellationToken, Task> Delay { get; init; } = Task.Delay;

    /// <summary>The options without the token.</summary>
    public override string ToString() => $"{Endpoint} in {CacheFolder}{(Offline ? ", offline" : "")}";

    private static string? ReadToken(string path)
    {
        try
        {
            return File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } token ? token : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // a token that cannot be read is no token: public models need none
        }
    }
}
