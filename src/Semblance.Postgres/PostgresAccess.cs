namespace Semblance.Postgres;

/// <summary>How a program talks to the server; not part of the index.</summary>
public sealed record PostgresAccess
{
    /// <summary>How vectors go to the server; <see cref="PostgresLoading.Auto"/> by default.</summary>
    public PostgresLoading Loading { get; init; }

    /// <summary>How often something is tried whose connection fails, or that the server asks to repeat; 4 by default, 1 for never again.</summary>
    /// <remarks>What may have been kept already is not tried again, but for what gives the same a second time.</remarks>
    public int Attempts { get; init; } = 4;

    /// <summary>How long to wait before the second time, twice as long before each further one, a random half of it less; 200 ms by default.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    internal PostgresAccess Checked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Attempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(FirstDelay, TimeSpan.Zero);
        return Enum.IsDefined(Loading) ? this : throw new ArgumentOutOfRangeException(nameof(Loading), Loading, "There is no such way of loading.");
    }

    internal TimeSpan DelayAfter(int attempt) => FirstDelay * Math.Pow(2, Math.Min(attempt - 1, 10)) * (1 - (Random.Shared.NextDouble() / 2));
}
