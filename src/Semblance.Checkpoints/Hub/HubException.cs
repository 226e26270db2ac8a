using System.Net;

namespace Semblance.Checkpoints;

/// <summary>The exception that is thrown when a model cannot be downloaded from the Hub.</summary>
public sealed class HubException : IOException
{
    /// <summary>Initializes a new instance of the <see cref="HubException"/> class.</summary>
    /// <param name="message">The message: the problem and what to do.</param>
    /// <param name="status">The status code of the server, or <see langword="null"/> if there was no response.</param>
    /// <param name="innerException">The exception that caused this one, or <see langword="null"/>.</param>
    public HubException(string message, HttpStatusCode? status = null, Exception? innerException = null)
        : base(message, innerException) => Status = status;

    /// <summary>Gets the status code of the server, or <see langword="null"/> if there was no response.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>Gets the time after which the server asks to retry.</summary>
    internal TimeSpan? RetryAfter { get; init; }

    /// <summary>Gets a value that indicates whether another attempt can succeed: the network failed or the server was busy.</summary>
    internal bool IsTransient => Status is null
        ? InnerException is HttpRequestException { HttpRequestError: not HttpRequestError.SecureConnectionError }
            or IOException or TimeoutException
        : Status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)Status >= 500;
}
