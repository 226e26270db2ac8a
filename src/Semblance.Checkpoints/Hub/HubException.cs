using System.Net;

namespace Semblance.Checkpoints;

/// <summary>A model could not be had from the Hub; the message says what happened and what to do.</summary>
public sealed class HubException : IOException
{
    /// <summary>A download that failed.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="status">What the server answered, if it did.</param>
    /// <param name="innerException">What a lower layer reported, if it did.</param>
    public HubException(string message, HttpStatusCode? status = null, Exception? innerException = null)
        : base(message, innerException) => Status = status;

    /// <summary>The server's answer; null if there was none.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>How long the server asks to wait.</summary>
    internal TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether another attempt may succeed: the network or a busy server was at fault.</summary>
    internal bool IsTransient => Status is null
        ? InnerException is HttpRequestException { HttpRequestError: not HttpRequestError.SecureConnectionError } or IOException or TimeoutException
        : Status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)Status >= 500;
}
