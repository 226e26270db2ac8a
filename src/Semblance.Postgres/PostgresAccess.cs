namespace Semblance.Postgres;

/// <summary>Represents the options of the communication with the server, which are not stored in the index.</summary>
public sealed record PostgresAccess
{
    /// <summary>Gets the loading method; <see cref="PostgresLoading.Auto"/> by default.</summary>
    public PostgresLoading Loading { get; init; }

    /// <summary>
    /// Gets the maximum number of attempts if the connection fails or the server requests a retry; 4 by default, 1 for no retry.
    /// </summary>
    /// <remarks>An operation that may have been committed is not retried unless a repetition gives the same result.</remarks>
    public int Attempts { get; init; } = 4;

    /// <summary>
    /// Gets the delay before the first retry, doubled for each further one, minus a random part of up to a half; 200 ms by default.
    /// </summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    internal PostgresAccess Checked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Attempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(FirstDelay, TimeSpan.Zero);
        return Enum.IsDefined(Loading)
            ? this
            : throw new ArgumentOutOfRangeException(nameof(Loading), Loading, "There is no such way of loading.");
    }

    internal TimeSpan DelayAfter(int attempt) =>
        FirstDelay * Math.Pow(2, Math.Min(attempt - 1, 10)) * (1 - (Random.Shared.NextDouble() / 2));
}
