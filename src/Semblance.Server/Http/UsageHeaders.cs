using System.Globalization;
using Semblance.Server.Inference;

namespace Semblance.Server;

/// <summary>Writes what a request cost into the headers of its answer, by the names of text-embeddings-inference.</summary>
internal static class UsageHeaders
{
    /// <summary>The header with the number of truncated texts; it is absent if there are none.</summary>
    public const string Truncated = "x-truncated-inputs";

    /// <summary>Writes the headers.</summary>
    public static void Write(HttpContext context, Usage usage)
    {
        var headers = context.Response.Headers;
        var timings = usage.Timings;
        headers["x-compute-type"] = "cpu";
        headers["x-compute-time"] = Milliseconds(timings.Tokenization + timings.Queue + timings.Inference);
        headers["x-compute-characters"] = usage.Characters.ToString(CultureInfo.InvariantCulture);
        headers["x-compute-tokens"] = usage.Tokens.ToString(CultureInfo.InvariantCulture);
        headers["x-total-time"] = Milliseconds(timings.Tokenization + timings.Queue + timings.Inference);
        headers["x-tokenization-time"] = Milliseconds(timings.Tokenization);
        headers["x-queue-time"] = Milliseconds(timings.Queue);
        headers["x-inference-time"] = Milliseconds(timings.Inference);
        if (usage.Truncated.Count > 0)
        {
            headers[Truncated] = usage.Truncated.Count.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static string Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
